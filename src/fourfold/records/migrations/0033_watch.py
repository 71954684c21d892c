import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0032_look'),
    ]

    operations = [
        migrations.AddField(
            model_name='person',
            name='columns_left_out',
            field=models.CharField(blank=True, default='', help_text='Columns of the scorecard that the person does not want.', max_length=200),
        ),
        migrations.CreateModel(
            name='Watch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('kpi', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='records.kpi')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='records.organisation')),
                ('person', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='records.unit')),
            ],
            options={
                'ordering': ('pk',),
                'constraints': [models.UniqueConstraint(fields=('person', 'unit', 'kpi'), name='watch_once')],
            },
        ),
    ]
